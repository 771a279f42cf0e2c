// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-D2hHGtqK.js","/assets/Button-RFxpjfn6.js","/assets/Card-DIi7qT-s.css","/assets/Card-ewU0e7VT.js","/assets/CloseButton-D_iVKHmc.js","/assets/Combination-DDAEkCjT.js","/assets/Door-2cfOClqo.css","/assets/Door-Ogv9xYfr.js","/assets/FindingSheet-9zN7tc83.js","/assets/FindingSheet-Bpxl9rVd.css","/assets/Icon-TmmDDKEI.js","/assets/InputBase-BlB72GYs.js","/assets/Log-9gAgM-3E.js","/assets/Log-kakCC2EG.css","/assets/More-ByPst_EC.js","/assets/More-Dcvu650q.css","/assets/NativeSelect-Cs56r0AO.js","/assets/PasswordInput-CkymnNFY.js","/assets/Review-BQtgf2mV.js","/assets/Review-DfnJYh4_.css","/assets/Screen-BcoEoOsQ.js","/assets/Screen-D55uvhjN.css","/assets/Segments-BL-neBLL.css","/assets/Segments-C3b79TMC.js","/assets/Settings-B7qlw1-J.js","/assets/Settings-BTls2rrM.css","/assets/SignIn-_5FBEQBI.js","/assets/SignUp-Dv0w15PQ.js","/assets/TextInput-4lS5GPge.js","/assets/Tile-BUqad9J2.css","/assets/Tile-pM5d18sk.js","/assets/Today-Cc7MgngK.css","/assets/Today-ChtQFqFC.js","/assets/Trend-BoQ4KY9x.js","/assets/Trend-D17FRFgE.css","/assets/Trends-BI0gEYoZ.css","/assets/Trends-C7JI-RuD.js","/assets/Trends.module-CX8h0dw8.js","/assets/Welcome-BhLYC55E.js","/assets/Welcome-Cg8mzHTo.css","/assets/brand-BuFjtJ90.js","/assets/catalogue-ghB1OmU6.js","/assets/de-CKhb6t4O.js","/assets/door-YgxKer4W.js","/assets/en-meejyHCR.js","/assets/entries-DU5pvjcv.js","/assets/index-CxCIIxu5.js","/assets/index-GvSmtO2p.css","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-BuiHzMM9.js","/assets/link-BUBd-HFM.js","/assets/marks-CGn-DEQl.css","/assets/marks-DumFEyMm.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-BnDrglrl.js","/assets/random-id-S7a4JWBX.js","/assets/routes-BoUmGBV-.js","/assets/routes-BqFJoi7g.js","/assets/routing-CIYycSGI.js","/assets/series-weOmAr8S.js","/assets/session-Drw3UrPr.js","/assets/states-DZEKHmnO.js","/assets/states-DxVdjxG3.css","/assets/toast-BK3R--58.js","/assets/units-Bn7_5gzy.js","/assets/use-id-R6u_R1gl.js","/assets/use-merged-ref-IA5ezJ8q.js","/assets/useNavigate-ruscw4VX.js","/assets/useParams-BpmDrypM.js","/assets/useSearch-5NRmNqD5.js"];
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
