// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = self.__FILES__;
const CACHE = `page-${FILES.join().split('').reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7)}`;
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(['/', ...FILES])));
  self.skipWaiting();
});
self.addEventListener('activate', (event) => {
  const old = (keys) => Promise.all(keys.filter((key) => key !== CACHE).map((key) => caches.delete(key)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (FILES.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === 'navigate' && !/^\/(api|docs|healthz|readyz)|\./.test(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match('/')));
  }
});

// A message says that there is something new, and never what: see docs/telling.md.
const TEXTS = self.__TEXTS__;
const texts = TEXTS[(self.navigator.languages ?? []).map((tag) => tag.split('-')[0]).find((language) => language in TEXTS) ?? 'en'];
self.addEventListener('push', (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Whatever it is, a push must be shown.
  }
  const count = Number(told.count) || 1;
  const isTest = told.kind === 'test';
  const body = isTest ? texts.test : texts[count === 1 ? 'findings_one' : 'findings_other'].replace('{{count}}', String(count));
  const options = { body, tag: isTest ? 'test' : 'findings', icon: '/icon-192.png', data: { path: isTest ? '/settings' : '/review' } };
  event.waitUntil(self.registration.showNotification('VitalIQ', options));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { path } = event.notification.data ?? { path: '/' };
  const show = async () => {
    const [open] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (open === undefined) return self.clients.openWindow(path);
    const page = await open.focus();
    return page.navigate(path);
  };
  event.waitUntil(show());
});
