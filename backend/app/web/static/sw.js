// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-DRboJY6e.js","/assets/Body-CK0YlGMQ.js","/assets/Body-CgLzc9dT.css","/assets/Button-CvI7XKxX.js","/assets/Calendar-DZeiWRYM.css","/assets/Calendar-DmcuAUmW.js","/assets/Card-DIi7qT-s.css","/assets/Card-DWJV54P-.js","/assets/Chronic-CO_wXSFZ.js","/assets/Chronic-Cwb5ymni.css","/assets/CloseButton-C9r6RqR8.js","/assets/Combination-BxusxIMO.js","/assets/Day-CvI0MYDf.js","/assets/DayReadings-CaS_TStl.js","/assets/DayTable-gQCncaC9.js","/assets/Door-2cfOClqo.css","/assets/Door-C593u3cj.js","/assets/Exercise-BITkkQtd.js","/assets/Exercise-BqlMFWf1.css","/assets/FindingSheet-2-Cug8EU.js","/assets/FindingSheet-AvD_Aenj.js","/assets/FindingSheet-McKa4Fym.css","/assets/Food-DaKYfsdp.js","/assets/Food-oaWxjaQr.css","/assets/Glucose-BwePdkqv.js","/assets/Glucose-VUxU69Mq.css","/assets/Icon-DwtzyuSn.js","/assets/Import-B6HeVDDL.js","/assets/Import-X9p82GFm.css","/assets/InputBase-cSiewho2.js","/assets/Log-BpalW6md.js","/assets/Log-C__D1oKy.css","/assets/More-Dcvu650q.css","/assets/More-RH6dvgTq.js","/assets/NativeSelect-COx2Y-o1.js","/assets/Night-BQDZRyZ5.js","/assets/PasswordInput-e_T1ZxmC.js","/assets/Pressure-Cj3nOiqF.css","/assets/Pressure-D8WWtmql.js","/assets/QrCode-U0HZoV6z.js","/assets/ReadingsSheet-6VjKFoS2.js","/assets/ReadingsSheet-D2H0d6FQ.js","/assets/Report-BQ57F_tJ.js","/assets/Report-CL29gSVW.css","/assets/Review-BINd4Wsv.js","/assets/Review-DfnJYh4_.css","/assets/Screen-CkZOKRY0.js","/assets/Screen-D55uvhjN.css","/assets/Segments-BVcdA0aU.css","/assets/Segments-oZiaxc87.js","/assets/Settings-50nrsY7J.css","/assets/Settings-DTyNri5L.js","/assets/Settings.module-BQZgsuNo.js","/assets/Shares-Cx9KFMFn.js","/assets/Sheet-7agbtvvV.css","/assets/Sheet-IGDsj6Eu.js","/assets/SignIn-CQvczoPO.js","/assets/SignUp-BMbDB3q8.js","/assets/Sleep-Cyz6vR0_.css","/assets/Sleep-UUKSa1fW.js","/assets/Sleep.module-BU0udwsP.js","/assets/Spans-CRsKdxU8.js","/assets/Spans-DIAFAiqw.css","/assets/Sparkline-Dm4XjGwM.js","/assets/Stats-Buuob_rD.js","/assets/Switch-Bjw1X6rx.js","/assets/TextInput-DdY5jzDP.js","/assets/Tile-CU9yXvGB.js","/assets/Tile-ZOMlwImw.css","/assets/Today-Cc7MgngK.css","/assets/Today-DqammAUc.js","/assets/Trend-CmtKh19c.js","/assets/Trend-D17FRFgE.css","/assets/Trends-BI0gEYoZ.css","/assets/Trends-CYOl_Sd9.js","/assets/Trends.module-CX8h0dw8.js","/assets/Welcome-Cg8mzHTo.css","/assets/Welcome-x1VFU8I_.js","/assets/basis-DUSz5Dr3.js","/assets/brand-BuFjtJ90.js","/assets/catalogue-D03aZ4gr.js","/assets/de-Dgcbr-Gs.js","/assets/door-CM_jCyI-.js","/assets/en-CrJ1pygW.js","/assets/entries-BfgbsWn6.js","/assets/findings-BDZxy1CE.js","/assets/index-BIYCJZjC.css","/assets/index-CIcTDH6E.js","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-Ijew6qwK.js","/assets/jsx-runtime-_y4j0FHm.js","/assets/kinds-C3JPq_5j.js","/assets/link-BguRtDEL.js","/assets/marks-CjFgj3aW.css","/assets/marks-fAii2OUH.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-Drj3i0Z8.js","/assets/random-id-S7a4JWBX.js","/assets/readings-CZa7ONAG.js","/assets/readings-wAVuSWNj.css","/assets/readings.module-B5P3KuOp.js","/assets/rolldown-runtime-WkwZ5CU-.js","/assets/routes-CgNDs739.js","/assets/routes-DEq-5KZ9.js","/assets/routes-Di8HkLKr.js","/assets/routes-DsM6Rj7Q.js","/assets/routes-Dv-KVWMQ.js","/assets/routes-bAvdnwDU.js","/assets/routes-jWYbJvqm.js","/assets/routes-pWcsQPHg.js","/assets/routing-Dqh1kgAg.js","/assets/series-B49U10i4.js","/assets/session-Bp4QArO7.js","/assets/states-BODOWRIu.js","/assets/states-CPITKn69.css","/assets/toast-4dPH1TnE.js","/assets/use-id-C8VE0CJk.js","/assets/use-merged-ref-Bu11xJIi.js","/assets/use-resize-observer-BRyqTffF.js","/assets/use-uncontrolled-CLUiSCBb.js","/assets/useNavigate-G_4FgIAA.js","/assets/useParams-CGETw3YF.js","/assets/useSearch-C03ceg_P.js"];
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
