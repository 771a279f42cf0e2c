// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-DRboJY6e.js","/assets/Body-CgLzc9dT.css","/assets/Body-QofC3SDc.js","/assets/Button-CvI7XKxX.js","/assets/Calendar-ClK2QQ9P.js","/assets/Calendar-DZeiWRYM.css","/assets/Card-DIi7qT-s.css","/assets/Card-DWJV54P-.js","/assets/Chronic-B8hRyEGZ.js","/assets/Chronic-Cwb5ymni.css","/assets/CloseButton-C9r6RqR8.js","/assets/Combination-BxusxIMO.js","/assets/Day-BIsrTbdb.js","/assets/DayReadings-1pmEl4CH.js","/assets/DayTable-Be1BFOBq.js","/assets/Door-2cfOClqo.css","/assets/Door-Bg03Qahy.js","/assets/Exercise-BqlMFWf1.css","/assets/Exercise-C5BYyMwj.js","/assets/FindingSheet-CHqU4h5c.js","/assets/FindingSheet-CN0ucDBF.js","/assets/FindingSheet-McKa4Fym.css","/assets/Food-oaWxjaQr.css","/assets/Food-rfPzJDH0.js","/assets/Glucose-DWE-Y1rp.js","/assets/Glucose-VUxU69Mq.css","/assets/Icon-CVZJe3lh.js","/assets/Import-X9p82GFm.css","/assets/Import-gf4VNYMq.js","/assets/InputBase-cSiewho2.js","/assets/Log-C__D1oKy.css","/assets/Log-DXgMpjRO.js","/assets/More-Cn2uF7bd.js","/assets/More-Dcvu650q.css","/assets/NativeSelect-COx2Y-o1.js","/assets/Night-8nuE3XWx.js","/assets/PasswordInput-e_T1ZxmC.js","/assets/Pressure-Cj3nOiqF.css","/assets/Pressure-uMblY8Gk.js","/assets/QrCode-CsyEzfpl.js","/assets/ReadingsSheet-9w326hnj.js","/assets/ReadingsSheet-pf0h31qo.js","/assets/Report-BTqnjQB2.js","/assets/Report-CL29gSVW.css","/assets/Review-CpSCY0EL.js","/assets/Review-Qixl6H5L.css","/assets/Screen-B2EHbt1M.css","/assets/Screen-Dyi1vwEH.js","/assets/Segments-BVcdA0aU.css","/assets/Segments-oZiaxc87.js","/assets/Settings-B92ZBa-Z.js","/assets/Settings-BYndGZHY.css","/assets/Settings.module-D1KkijhP.js","/assets/Shares-CEse5XU1.js","/assets/Sheet-7agbtvvV.css","/assets/Sheet-IGDsj6Eu.js","/assets/SignIn-BpNQDtQz.js","/assets/SignUp-Zu67xk2n.js","/assets/Sleep-BHZakJg4.js","/assets/Sleep-Cyz6vR0_.css","/assets/Sleep.module-CUyORZZt.js","/assets/Spans-rk5lMbf3.js","/assets/Spans-vDbeo7ea.css","/assets/Sparkline-Dm4XjGwM.js","/assets/Stats-DUoVzKGQ.js","/assets/Switch-Bjw1X6rx.js","/assets/TextInput-DdY5jzDP.js","/assets/Tile-DRVoG1ot.js","/assets/Tile-ZOMlwImw.css","/assets/Today-0dEY8rcq.js","/assets/Today-Cc7MgngK.css","/assets/Trend-Cjexla6e.js","/assets/Trend-D17FRFgE.css","/assets/Trends-BhmJppsi.css","/assets/Trends-Cq9PMA86.js","/assets/Trends.module-BMi0XasJ.js","/assets/Welcome-Cg8mzHTo.css","/assets/Welcome-DhUbLzz0.js","/assets/basis-VhNjp15i.js","/assets/brand-BuFjtJ90.js","/assets/catalogue-Dg8H05Vx.js","/assets/de-CJqkyTMs.js","/assets/door-CcHZg-Df.js","/assets/en-DUYpV5At.js","/assets/entries-BKW0pCkd.js","/assets/findings-MiOeJEqY.js","/assets/index-CHdlSZ8r.css","/assets/index-DDsrOK2H.js","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-Dl1WPwsQ.js","/assets/jsx-runtime-_y4j0FHm.js","/assets/kinds-F87pXEj_.js","/assets/link-DecAnd06.js","/assets/marks-CjFgj3aW.css","/assets/marks-fAii2OUH.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-Drj3i0Z8.js","/assets/random-id-S7a4JWBX.js","/assets/readings-CZa7ONAG.js","/assets/readings-wAVuSWNj.css","/assets/readings.module-B5P3KuOp.js","/assets/rolldown-runtime-WkwZ5CU-.js","/assets/routes-BbvINnMF.js","/assets/routes-BdpxPvS5.js","/assets/routes-C78AiwJR.js","/assets/routes-Ca-bAu6d.js","/assets/routes-D0eB8E4a.js","/assets/routes-Du2_s9WA.js","/assets/routes-ZlsjMKTk.js","/assets/routes-zmQQz0o_.js","/assets/routing-C1FLkKuJ.js","/assets/series-l8A2m_pT.js","/assets/session-DQwiX8Ie.js","/assets/states-CPITKn69.css","/assets/states-CREjfBN4.js","/assets/tellWhy-DvTMMrMK.js","/assets/use-id-C8VE0CJk.js","/assets/use-merged-ref-Bu11xJIi.js","/assets/use-resize-observer-BRyqTffF.js","/assets/use-uncontrolled-CLUiSCBb.js","/assets/useNavigate-B0P16u_n.js","/assets/useParams-CDgEeNrG.js","/assets/useSearch-CmJbb_wJ.js"];
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
const TEXTS = {"en":{"test":"A test: messages arrive here.","findings_one":"{{count}} new finding. Open VitalIQ to see it.","findings_other":"{{count}} new findings. Open VitalIQ to see them."},"de":{"test":"Ein Test: Nachrichten kommen hier an.","findings_one":"{{count}} neuer Befund. Öffne VitalIQ, um ihn zu sehen.","findings_other":"{{count}} neue Befunde. Öffne VitalIQ, um sie zu sehen."}};
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
