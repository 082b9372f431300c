// The key and the last number of this driver's phone once more, in a cookie: a browser that empties its stores when the
// disk is full leaves cookies alone, and so the loss of a report does not stay unseen.
const A_YEAR = 365 * 24 * 3600; // seconds
const nameOf = (user) => `driver_phone_${user}`;

export function rememberIn({ user, key, seq }) {
  if (!globalThis.document) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${nameOf(user)}=${key}.${seq}; path=/drive/; max-age=${A_YEAR}; samesite=strict${secure}`;
}

export function cookieOf(user) {
  const found = globalThis.document?.cookie.match(new RegExp(`(?:^|; )${nameOf(user)}=([0-9a-f-]{36})\\.(\\d+)`));
  return found && Number(found[2]) ? { device: found[1], seq: Number(found[2]) } : undefined;
}
