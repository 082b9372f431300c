// Whether another page can be had now: from this phone, or from the server. Otherwise the driver stays on this one, which
// works without a connection.
import { isHere } from "./pages.js";
import { ADDRESSES } from "./send.js";

const PATIENCE = 10_000; // ms

export async function reachable(page) {
  if (await isHere(page)) return true;
  if (!navigator.onLine) return false;
  const asked = { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  try { return (await fetch(ADDRESSES.events, asked)).ok; } catch { return false; } // the cheapest that knows who this is
}
