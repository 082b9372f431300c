// What is stamped on a cylinder: the month on its tag, typed as 2026-10 or 115.10; its serial, read by the camera.
const MONTH = /^(\d{3,4})[-./](\d{1,2})$/;
const PATIENCE = 20_000; // ms

// The last day of that month as 2026-10-31; nothing when it is no month.
export function lastDay(text) {
  const [, year, month] = text.match(MONTH) ?? [];
  if (!month || month < 1 || month > 12) return undefined;
  return new Date(Date.UTC(Number(year) + (year.length === 3 ? 1911 : 0), month, 0)).toISOString().slice(0, 10);
}

export const canScan = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices);

// The code the camera sees within 20 s: "" when it saw none, nothing when there is no camera.
export async function scanned(video) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null);
  if (!stream) return undefined;
  const detector = new BarcodeDetector();
  [video.srcObject, video.hidden] = [stream, false];
  video.play().catch(() => {}); // until it plays nothing is seen, and asked again
  let code = "";
  for (const end = Date.now() + PATIENCE; !code && Date.now() < end && video.isConnected;) {
    [{ rawValue: code } = { rawValue: "" }] = await detector.detect(video).catch(() => []);
    if (!code) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  for (const track of stream.getTracks()) track.stop();
  video.hidden = true;
  return code;
}
