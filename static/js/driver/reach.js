// Whether another page can be had now: otherwise the driver stays on this one, which works without a connection.
const PATIENCE = 10_000; // ms

export async function reachable() {
  if (!navigator.onLine) return false;
  const { events } = document.querySelector("drive-outbox").dataset; // the cheapest address that knows who this is
  try {
    return (await fetch(events, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).ok;
  } catch { return false; }
}
