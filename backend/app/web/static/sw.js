// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-DRboJY6e.js","/assets/Body-CgLzc9dT.css","/assets/Body-kO752f71.js","/assets/Button-CvI7XKxX.js","/assets/Calendar-D3aiBh3H.js","/assets/Calendar-DZeiWRYM.css","/assets/Card-DIi7qT-s.css","/assets/Card-DWJV54P-.js","/assets/Chronic-BlO8PMgU.js","/assets/Chronic-Cwb5ymni.css","/assets/CloseButton-C9r6RqR8.js","/assets/Combination-BxusxIMO.js","/assets/Day-Ci1WtRvj.js","/assets/DayReadings-cmIt4gY6.js","/assets/DayTable-C7qYx2cg.js","/assets/Door-2cfOClqo.css","/assets/Door-C593u3cj.js","/assets/Exercise--7tqS7Za.js","/assets/Exercise-BqlMFWf1.css","/assets/FindingSheet-B9MHMZHX.js","/assets/FindingSheet-McKa4Fym.css","/assets/FindingSheet-gWDkFk_I.js","/assets/Food-BRFGCwRq.js","/assets/Food-oaWxjaQr.css","/assets/Glucose-ChZSLZHr.js","/assets/Glucose-VUxU69Mq.css","/assets/Icon-DwtzyuSn.js","/assets/Import-D-T2Wjww.js","/assets/Import-X9p82GFm.css","/assets/InputBase-cSiewho2.js","/assets/Log-CXGZrw_K.js","/assets/Log-C__D1oKy.css","/assets/More-Dcvu650q.css","/assets/More-RH6dvgTq.js","/assets/NativeSelect-COx2Y-o1.js","/assets/Night-DZDqVUqA.js","/assets/PasswordInput-e_T1ZxmC.js","/assets/Pressure-Cj3nOiqF.css","/assets/Pressure-DFlV3Yn8.js","/assets/QrCode-U0HZoV6z.js","/assets/ReadingsSheet-C6ka-zDv.js","/assets/ReadingsSheet-CQZFHrUJ.js","/assets/Report-CL29gSVW.css","/assets/Report-DwVp_DZx.js","/assets/Review-C1aZdkTx.js","/assets/Review-DfnJYh4_.css","/assets/Screen-CkZOKRY0.js","/assets/Screen-D55uvhjN.css","/assets/Segments-BVcdA0aU.css","/assets/Segments-oZiaxc87.js","/assets/Settings-50nrsY7J.css","/assets/Settings-BXzcUUBQ.js","/assets/Settings.module-BQZgsuNo.js","/assets/Shares-BpP_Mflo.js","/assets/Sheet-7agbtvvV.css","/assets/Sheet-IGDsj6Eu.js","/assets/SignIn-CQvczoPO.js","/assets/SignUp-BMbDB3q8.js","/assets/Sleep-BeGaj4_0.js","/assets/Sleep-Cyz6vR0_.css","/assets/Sleep.module-BwzFxYst.js","/assets/Spans-DIAFAiqw.css","/assets/Spans-QEk7iAWy.js","/assets/Sparkline-Dm4XjGwM.js","/assets/Stats-CkOMFno4.js","/assets/Switch-Bjw1X6rx.js","/assets/TextInput-DdY5jzDP.js","/assets/Tile-CU9yXvGB.js","/assets/Tile-ZOMlwImw.css","/assets/Today-CTPtNeV2.js","/assets/Today-Cc7MgngK.css","/assets/Trend-D17FRFgE.css","/assets/Trend-Dk-ryX46.js","/assets/Trends-BI0gEYoZ.css","/assets/Trends-Bx4znkau.js","/assets/Trends.module-CX8h0dw8.js","/assets/Welcome-Cg8mzHTo.css","/assets/Welcome-x1VFU8I_.js","/assets/basis-D9_a12A6.js","/assets/brand-BuFjtJ90.js","/assets/catalogue-CA6hY1e5.js","/assets/de-BtdYN0SL.js","/assets/door-CM_jCyI-.js","/assets/en-CM2qtiNn.js","/assets/entries-BfgbsWn6.js","/assets/findings-CQoMojJk.js","/assets/index-BIYCJZjC.css","/assets/index-Co6UUdgI.js","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-Ijew6qwK.js","/assets/jsx-runtime-_y4j0FHm.js","/assets/kinds-Bxavaq7_.js","/assets/link-BguRtDEL.js","/assets/marks-CjFgj3aW.css","/assets/marks-fAii2OUH.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-Drj3i0Z8.js","/assets/random-id-S7a4JWBX.js","/assets/readings-CZa7ONAG.js","/assets/readings-wAVuSWNj.css","/assets/readings.module-B5P3KuOp.js","/assets/rolldown-runtime-WkwZ5CU-.js","/assets/routes-BEYrgIwW.js","/assets/routes-BJFuTsDW.js","/assets/routes-CZOpojgf.js","/assets/routes-CuJJ3q6y.js","/assets/routes-DBa5Uavv.js","/assets/routes-DIIeLkG2.js","/assets/routes-DtA5YYs6.js","/assets/routes-oBgPknGQ.js","/assets/routing-Dqh1kgAg.js","/assets/series-KKebRnrK.js","/assets/session-Bp4QArO7.js","/assets/states-CPITKn69.css","/assets/states-CWxXuBsG.js","/assets/toast-4dPH1TnE.js","/assets/use-id-C8VE0CJk.js","/assets/use-merged-ref-Bu11xJIi.js","/assets/use-resize-observer-BRyqTffF.js","/assets/use-uncontrolled-CLUiSCBb.js","/assets/useNavigate-G_4FgIAA.js","/assets/useParams-CGETw3YF.js","/assets/useSearch-C03ceg_P.js"];
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
