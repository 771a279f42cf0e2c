// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-DRboJY6e.js","/assets/Body-B7vwB-SA.js","/assets/Body-CgLzc9dT.css","/assets/Button-CvI7XKxX.js","/assets/Calendar-DZeiWRYM.css","/assets/Calendar-Dhm0lprx.js","/assets/Card-DIi7qT-s.css","/assets/Card-DWJV54P-.js","/assets/Chronic-BqLwW8rf.js","/assets/Chronic-Cwb5ymni.css","/assets/CloseButton-C9r6RqR8.js","/assets/Combination-BxusxIMO.js","/assets/Day-BUIzx2yP.js","/assets/DayReadings-DJ9U95_6.js","/assets/DayTable-CLg7khiH.js","/assets/Door-2cfOClqo.css","/assets/Door-C-miCfJN.js","/assets/Exercise-BmCgSVaY.js","/assets/Exercise-BqlMFWf1.css","/assets/FindingSheet-C2Jg-7IC.js","/assets/FindingSheet-CWYYFyf1.js","/assets/FindingSheet-McKa4Fym.css","/assets/Food-BDlEjDO3.js","/assets/Food-oaWxjaQr.css","/assets/Glucose-BeF5AdC9.js","/assets/Glucose-VUxU69Mq.css","/assets/Icon-CVZJe3lh.js","/assets/Import-CNLcwGbL.js","/assets/Import-X9p82GFm.css","/assets/InputBase-cSiewho2.js","/assets/Log-C__D1oKy.css","/assets/Log-DROg7c19.js","/assets/More-BQZxnJUD.js","/assets/More-Dcvu650q.css","/assets/NativeSelect-COx2Y-o1.js","/assets/Night-DADM05zm.js","/assets/PasswordInput-e_T1ZxmC.js","/assets/Pressure-BWTOjkC6.js","/assets/Pressure-Cj3nOiqF.css","/assets/QrCode-C7Clr-gS.js","/assets/ReadingsSheet-2bhC533o.js","/assets/ReadingsSheet-PHOT_vZ0.js","/assets/Report-CL29gSVW.css","/assets/Report-DDRDe562.js","/assets/Review-DaDaR3HB.js","/assets/Review-Qixl6H5L.css","/assets/Screen-B2EHbt1M.css","/assets/Screen-Dyi1vwEH.js","/assets/Segments-BVcdA0aU.css","/assets/Segments-oZiaxc87.js","/assets/Settings-B4M8mFOX.css","/assets/Settings-DtP9Ag0k.js","/assets/Settings.module-C7RUL3OO.js","/assets/Shares-PanvX1Bk.js","/assets/Sheet-7agbtvvV.css","/assets/Sheet-IGDsj6Eu.js","/assets/SignIn-BtBVyh1n.js","/assets/SignUp-Dl5GgwuM.js","/assets/Sleep-Cyz6vR0_.css","/assets/Sleep-D7DdAUmf.js","/assets/Sleep.module-mSNNrHtK.js","/assets/Spans-DHRYDEbo.js","/assets/Spans-vDbeo7ea.css","/assets/Sparkline-Dm4XjGwM.js","/assets/Stats-k4P3RfGX.js","/assets/Switch-Bjw1X6rx.js","/assets/TextInput-DdY5jzDP.js","/assets/Tile-DRVoG1ot.js","/assets/Tile-ZOMlwImw.css","/assets/Today-Cc7MgngK.css","/assets/Today-CgDZWZ7-.js","/assets/Trend-BA-r-jOG.js","/assets/Trend-D17FRFgE.css","/assets/Trends-BhmJppsi.css","/assets/Trends-C2mn9nNY.js","/assets/Trends.module-BMi0XasJ.js","/assets/Welcome-4DmIw35g.js","/assets/Welcome-Cg8mzHTo.css","/assets/basis-DuAGcrNd.js","/assets/brand-BuFjtJ90.js","/assets/catalogue-C82slLHP.js","/assets/de-BupFeY-O.js","/assets/door-BeTFinno.js","/assets/en-CbUw6SYY.js","/assets/entries--zsmnP6m.js","/assets/findings-BnVHymvd.js","/assets/index-CHdlSZ8r.css","/assets/index-CfKGzcBv.js","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-Dl1WPwsQ.js","/assets/jsx-runtime-_y4j0FHm.js","/assets/kinds-CA4Dtv_i.js","/assets/link-DecAnd06.js","/assets/marks-CjFgj3aW.css","/assets/marks-fAii2OUH.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-Drj3i0Z8.js","/assets/random-id-S7a4JWBX.js","/assets/readings-CZa7ONAG.js","/assets/readings-wAVuSWNj.css","/assets/readings.module-B5P3KuOp.js","/assets/rolldown-runtime-WkwZ5CU-.js","/assets/routes-AjbD57cZ.js","/assets/routes-BVeoSokc.js","/assets/routes-CyoHhCuv.js","/assets/routes-D0uXpE-h.js","/assets/routes-D22fD_qJ.js","/assets/routes-DChcIDrA.js","/assets/routes-DmPclvhf.js","/assets/routes-t4L0jPoT.js","/assets/routing-C1FLkKuJ.js","/assets/series-BrtA_63a.js","/assets/session-CgI3ASIJ.js","/assets/states-BcuHmwNI.js","/assets/states-CPITKn69.css","/assets/toast-4dPH1TnE.js","/assets/use-id-C8VE0CJk.js","/assets/use-merged-ref-Bu11xJIi.js","/assets/use-resize-observer-BRyqTffF.js","/assets/use-uncontrolled-CLUiSCBb.js","/assets/useNavigate-B0P16u_n.js","/assets/useParams-CDgEeNrG.js","/assets/useSearch-CmJbb_wJ.js"];
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
