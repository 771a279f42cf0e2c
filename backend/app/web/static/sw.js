// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-DRboJY6e.js","/assets/Body-CgLzc9dT.css","/assets/Body-DsMro_I0.js","/assets/Button-CvI7XKxX.js","/assets/Calendar-DZeiWRYM.css","/assets/Calendar-sFQ450l6.js","/assets/Card-DIi7qT-s.css","/assets/Card-DWJV54P-.js","/assets/Chronic-Cwb5ymni.css","/assets/Chronic-CyGdlSp_.js","/assets/CloseButton-C9r6RqR8.js","/assets/Combination-BxusxIMO.js","/assets/Day-Cny_xOio.js","/assets/DayReadings-CVBW-4JZ.js","/assets/DayTable-BPYtZTdz.js","/assets/Door-2cfOClqo.css","/assets/Door-DPOSAoBK.js","/assets/Exercise-Bgmo-IxR.js","/assets/Exercise-BqlMFWf1.css","/assets/FindingSheet-DcGm1d5c.js","/assets/FindingSheet-McKa4Fym.css","/assets/FindingSheet-WfPIcS24.js","/assets/Food-BP7amZBS.js","/assets/Food-oaWxjaQr.css","/assets/Glucose-BfJwy6eM.js","/assets/Glucose-VUxU69Mq.css","/assets/Icon-CVZJe3lh.js","/assets/Import-X9p82GFm.css","/assets/Import-mWevKIqp.js","/assets/InputBase-cSiewho2.js","/assets/Log-C__D1oKy.css","/assets/Log-CzrSfTyP.js","/assets/More-Bo4sGh9t.js","/assets/More-Dcvu650q.css","/assets/NativeSelect-COx2Y-o1.js","/assets/Night-ePwIkzjA.js","/assets/PasswordInput-e_T1ZxmC.js","/assets/Pressure-CfFM0XgQ.js","/assets/Pressure-Cj3nOiqF.css","/assets/QrCode-BsjPc1i7.js","/assets/ReadingsSheet-BsN5w7fg.js","/assets/ReadingsSheet-CYRpyV8r.js","/assets/Report-CL29gSVW.css","/assets/Report-D9HEJuRI.js","/assets/Review-Qixl6H5L.css","/assets/Review-y0FJKKfD.js","/assets/Screen-B2EHbt1M.css","/assets/Screen-fUCISqP6.js","/assets/Segments-BVcdA0aU.css","/assets/Segments-oZiaxc87.js","/assets/Settings-Cg-YjXjp.js","/assets/Settings-D6W0QQNA.css","/assets/Settings.module-Cl1pUqNA.js","/assets/Shares-LpWSOidY.js","/assets/Sheet-7agbtvvV.css","/assets/Sheet-IGDsj6Eu.js","/assets/SignIn-C6GK3FN4.js","/assets/SignUp-CmBk_X5D.js","/assets/Sleep-BC-uu6Yw.js","/assets/Sleep-Cyz6vR0_.css","/assets/Sleep.module-BYi9EFbs.js","/assets/Spans-Cnv8u64L.js","/assets/Spans-vDbeo7ea.css","/assets/Sparkline-Dm4XjGwM.js","/assets/Stats-BTnxEaMi.js","/assets/Switch-Bjw1X6rx.js","/assets/TextInput-DdY5jzDP.js","/assets/Tile-Xphxu7pU.js","/assets/Tile-ZOMlwImw.css","/assets/Today-Cc7MgngK.css","/assets/Today-IaZggPsS.js","/assets/Trend-BpJTYHmK.js","/assets/Trend-D17FRFgE.css","/assets/Trends-BhmJppsi.css","/assets/Trends-CJTFCqXz.js","/assets/Trends.module-BMi0XasJ.js","/assets/Welcome-Cg8mzHTo.css","/assets/Welcome-cNcFAVKg.js","/assets/basis-KFC8FYc-.js","/assets/brand-BuFjtJ90.js","/assets/catalogue-CcbYBXXh.js","/assets/de-B8sCaCPL.js","/assets/door-D_F9qw8b.js","/assets/en-DlvQH3SV.js","/assets/entries-BKygiL1s.js","/assets/findings-CAlU-DMh.js","/assets/index-CHdlSZ8r.css","/assets/index-D414cMAt.js","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-BdJemO5L.js","/assets/jsx-runtime-_y4j0FHm.js","/assets/kinds-BceXX6Dl.js","/assets/link-DFzM4E0d.js","/assets/marks-CjFgj3aW.css","/assets/marks-fAii2OUH.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-Drj3i0Z8.js","/assets/random-id-S7a4JWBX.js","/assets/readings-CZa7ONAG.js","/assets/readings-wAVuSWNj.css","/assets/readings.module-B5P3KuOp.js","/assets/rolldown-runtime-WkwZ5CU-.js","/assets/routes-B4QR04ck.js","/assets/routes-BcHr3B9_.js","/assets/routes-Cv4-KIPS.js","/assets/routes-DGd3LeOG.js","/assets/routes-DmzCKgR3.js","/assets/routes-_7kCenCr.js","/assets/routes-jsc8An-1.js","/assets/routes-tCvhWnYs.js","/assets/routing-DPWauTa2.js","/assets/series-Bh7NZjlH.js","/assets/session-6YC_I8KH.js","/assets/states-C2IHLiOj.js","/assets/states-CPITKn69.css","/assets/tellWhy-DEI6sOJ2.js","/assets/use-id-C8VE0CJk.js","/assets/use-merged-ref-Bu11xJIi.js","/assets/use-resize-observer-BRyqTffF.js","/assets/use-uncontrolled-CLUiSCBb.js","/assets/useNavigate-BeyHGkcL.js","/assets/useParams-CPvohSXa.js","/assets/useSearch-CBiw5ePw.js"];
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
