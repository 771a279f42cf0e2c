// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-CTQS5dxw.js","/assets/Button-BAioJnLD.js","/assets/Card-DIi7qT-s.css","/assets/Card-ewU0e7VT.js","/assets/CloseButton-Be0II7tL.js","/assets/Door-2cfOClqo.css","/assets/Door-C_ruhPpp.js","/assets/Icon-TmmDDKEI.js","/assets/InputBase-VlPRVRsM.js","/assets/Log-T3BjBrpB.js","/assets/Log-yVuqxvSs.css","/assets/More-ByPst_EC.js","/assets/More-Dcvu650q.css","/assets/NativeSelect-ClF9KxBy.js","/assets/Review-DfnJYh4_.css","/assets/Review-kg2p24dr.js","/assets/Screen-BcoEoOsQ.js","/assets/Screen-D55uvhjN.css","/assets/Segments-C9RJNMya.js","/assets/Segments-gGl2GCJ1.css","/assets/SignIn-CLA1gmcS.js","/assets/SignUp-Dhabpi7C.js","/assets/TextInput-D4_DqjgB.js","/assets/Tile-BUqad9J2.css","/assets/Tile-pM5d18sk.js","/assets/Today-B1P3umn3.js","/assets/Today-Cc7MgngK.css","/assets/Trend-ZFrmIyS9.css","/assets/Trend-_rVaG-SZ.js","/assets/Trends-BI0gEYoZ.css","/assets/Trends-_j8UHFZU.js","/assets/Trends.module-CX8h0dw8.js","/assets/Welcome-BNC9WSkd.js","/assets/Welcome-Cg8mzHTo.css","/assets/brand-BuFjtJ90.js","/assets/catalogue-kdyWDmJw.js","/assets/de-DjP5hO4r.js","/assets/door-YgxKer4W.js","/assets/en-CKzRg-MK.js","/assets/entries-DU5pvjcv.js","/assets/index-3R0RfE2s.js","/assets/index-GvSmtO2p.css","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-BuiHzMM9.js","/assets/link-BUBd-HFM.js","/assets/marks-CGn-DEQl.css","/assets/marks-kgb8P4KG.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-BnDrglrl.js","/assets/random-id-S7a4JWBX.js","/assets/routes-CMe2qogV.js","/assets/routes-CaMALIpZ.js","/assets/routing-mKW2Ii4W.js","/assets/series-BUV9d2HJ.js","/assets/session-Drw3UrPr.js","/assets/states-CQl9T6Hz.js","/assets/states-DxVdjxG3.css","/assets/toast-BK3R--58.js","/assets/use-id-DgvSpoWB.js","/assets/useNavigate-ruscw4VX.js","/assets/useParams-D9yg14zM.js","/assets/useSearch-5NRmNqD5.js"];
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
