// On the sign-in page: whoever stands here may be anybody. The route that is kept on this phone shows itself again once
// a page of its driver came from the server (pages.js).
const names = "caches" in globalThis ? await caches.keys() : [];
if (names.some((name) => name.startsWith("drive-pages-"))) await caches.open("drive-locked");
