// The practice QR page: asks, the way WeChat's own page does, by loading a line of script.
(function () {
  var qr = document.getElementById('qr');
  if (!qr || qr.dataset.state === 'refused' || qr.dataset.state === 'expired') return;
  var last = '';
  function go(url) {
    (qr.dataset.self === 'true' ? window : window.top).location.href = url;
  }
  function answered(errcode, code) {
    if (errcode === 405) return go(qr.dataset.to.replace('WXCODE', code));
    if (errcode === 403) {
      qr.dataset.state = 'refused';
      return qr.dataset.cancelled && go(qr.dataset.cancelled);
    }
    if (errcode === 402 || errcode === 500) return (qr.dataset.state = 'expired');
    if (errcode === 404) {
      qr.dataset.state = 'scanned';
      last = '&last=404';
    }
    setTimeout(poll, 100);
  }
  function poll() {
    var script = document.createElement('script');
    script.src = qr.dataset.poll + last + '&_=' + Date.now();
    script.onload = function () {
      script.remove();
      answered(window.wx_errcode, window.wx_code);
    };
    script.onerror = function () {
      script.remove();
      setTimeout(poll, 3000);
    };
    document.head.appendChild(script);
  }
  poll();
})();
