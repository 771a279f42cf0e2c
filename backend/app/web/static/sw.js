// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-DRboJY6e.js","/assets/Body-C_y1SYPm.js","/assets/Body-CgLzc9dT.css","/assets/Button-CvI7XKxX.js","/assets/Calendar-Bf_o6UBV.js","/assets/Calendar-DZeiWRYM.css","/assets/Card-DIi7qT-s.css","/assets/Card-DWJV54P-.js","/assets/Chronic-Cwb5ymni.css","/assets/Chronic-pGmgRknJ.js","/assets/CloseButton-C9r6RqR8.js","/assets/Combination-BxusxIMO.js","/assets/Day-BOfGFVc8.js","/assets/DayReadings-Cogmbf-D.js","/assets/DayTable-M1swH_LI.js","/assets/Door-2cfOClqo.css","/assets/Door-D-HJVeTc.js","/assets/Exercise-BqlMFWf1.css","/assets/Exercise-CtaRm5a9.js","/assets/FindingSheet-Cg-D3VjW.js","/assets/FindingSheet-DF9k3c4R.js","/assets/FindingSheet-McKa4Fym.css","/assets/Food-LjF4rR5c.js","/assets/Food-oaWxjaQr.css","/assets/Glucose-ByRS3Zsq.js","/assets/Glucose-VUxU69Mq.css","/assets/Icon-CVZJe3lh.js","/assets/Import-B876C1pz.js","/assets/Import-X9p82GFm.css","/assets/InputBase-cSiewho2.js","/assets/Log-Bla2Va2w.js","/assets/Log-C__D1oKy.css","/assets/More-Cn2uF7bd.js","/assets/More-Dcvu650q.css","/assets/NativeSelect-COx2Y-o1.js","/assets/Night-hrZBECzX.js","/assets/PasswordInput-e_T1ZxmC.js","/assets/Pressure-BJC0vuU_.js","/assets/Pressure-Cj3nOiqF.css","/assets/QrCode-C7Clr-gS.js","/assets/ReadingsSheet-D5TXs_sk.js","/assets/ReadingsSheet-Sr4pFQuA.js","/assets/Report-CL29gSVW.css","/assets/Report-D5ZZX8f1.js","/assets/Review-D7C2zXfR.js","/assets/Review-Qixl6H5L.css","/assets/Screen-B2EHbt1M.css","/assets/Screen-Dyi1vwEH.js","/assets/Segments-BVcdA0aU.css","/assets/Segments-oZiaxc87.js","/assets/Settings-B4M8mFOX.css","/assets/Settings-CsGlWX3n.js","/assets/Settings.module-C7RUL3OO.js","/assets/Shares-D2w8quip.js","/assets/Sheet-7agbtvvV.css","/assets/Sheet-IGDsj6Eu.js","/assets/SignIn-p9WdzyjN.js","/assets/SignUp-CQvoGA9R.js","/assets/Sleep-Cyz6vR0_.css","/assets/Sleep-G2D7vPYE.js","/assets/Sleep.module-DXhGidsm.js","/assets/Spans-vDbeo7ea.css","/assets/Spans-vScI4cPw.js","/assets/Sparkline-Dm4XjGwM.js","/assets/Stats-DFcUmmma.js","/assets/Switch-Bjw1X6rx.js","/assets/TextInput-DdY5jzDP.js","/assets/Tile-DRVoG1ot.js","/assets/Tile-ZOMlwImw.css","/assets/Today-BV7mG__b.js","/assets/Today-Cc7MgngK.css","/assets/Trend-D17FRFgE.css","/assets/Trend-D6SZhZb-.js","/assets/Trends-BhmJppsi.css","/assets/Trends-BttxQ7Kh.js","/assets/Trends.module-BMi0XasJ.js","/assets/Welcome-Cg8mzHTo.css","/assets/Welcome-D2M9B-kR.js","/assets/basis-DTF0HCQw.js","/assets/brand-BuFjtJ90.js","/assets/catalogue-2QMK1u8c.js","/assets/de-CMtlV-CW.js","/assets/door-CcHZg-Df.js","/assets/en-DqMA9JSv.js","/assets/entries-BKW0pCkd.js","/assets/findings-DBfX8K3P.js","/assets/index-CHdlSZ8r.css","/assets/index-DdRcBkJr.js","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-Dl1WPwsQ.js","/assets/jsx-runtime-_y4j0FHm.js","/assets/kinds-BdrUbTcU.js","/assets/link-DecAnd06.js","/assets/marks-CjFgj3aW.css","/assets/marks-fAii2OUH.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-Drj3i0Z8.js","/assets/random-id-S7a4JWBX.js","/assets/readings-CZa7ONAG.js","/assets/readings-wAVuSWNj.css","/assets/readings.module-B5P3KuOp.js","/assets/rolldown-runtime-WkwZ5CU-.js","/assets/routes-4qq8dUUW.js","/assets/routes-BYb7U0AK.js","/assets/routes-BzMqpU-l.js","/assets/routes-CBVdAzls.js","/assets/routes-CCQq7yFp.js","/assets/routes-TNlDUnej.js","/assets/routes-mF_pR_L2.js","/assets/routes-wuhVqrvd.js","/assets/routing-C1FLkKuJ.js","/assets/series-C55FrRAz.js","/assets/session-DQwiX8Ie.js","/assets/states-Bv2AuWqM.js","/assets/states-CPITKn69.css","/assets/toast-vV94kWkl.js","/assets/use-id-C8VE0CJk.js","/assets/use-merged-ref-Bu11xJIi.js","/assets/use-resize-observer-BRyqTffF.js","/assets/use-uncontrolled-CLUiSCBb.js","/assets/useNavigate-B0P16u_n.js","/assets/useParams-CDgEeNrG.js","/assets/useSearch-CmJbb_wJ.js"];
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
