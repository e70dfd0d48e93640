// The practice WeCom's side of the sign-in frame: the messages that the platform's script expects.
(function () {
  'use strict';
  var carrier = document.getElementById('carrier');
  var framed = window.parent !== window;
  function tell(message, origin) {
    window.parent.postMessage(JSON.stringify(message), origin);
  }
  if (framed) {
    window.addEventListener('message', function (event) {
      if (event.source !== window.parent) return;
      var message = event.data;
      try { message = JSON.parse(event.data); } catch (error) { /* the old widget sends plain words */ }
      if (message && message.type === 'ww-iframe-handle:init') {
        tell({ type: 'ww-iframe-handle:ready', supportChannel: false }, event.origin);
      }
    });
    tell({ type: 'ww-iframe-handle:ready', supportChannel: false }, '*');
    tell({ type: 'ww-iframe-handle:call', args: { type: 'call', name: 'onCheckWeComLogin', payload: { isWeComLogin: true } } }, '*');
  }
  if (!carrier) return;
  var to = carrier.dataset.to;
  if (carrier.dataset.way === 'callback' && framed) {
    var call = { type: 'call', name: 'onLoginSuccess', payload: { code: carrier.dataset.code } };
    tell({ type: 'ww-iframe-handle:call', args: call }, carrier.dataset.origin);
  } else if (carrier.dataset.way === 'text' && framed) {
    window.parent.postMessage(to, carrier.dataset.origin);
  } else {
    window.top.location.href = to;
  }
})();
