// Asks the program that this page runs in who the person is, and posts its one-time code. Plain ES5.
(function () {
  "use strict";
  var form = document.querySelector("[data-in-app]");
  var again = document.querySelector("[data-in-app-again]");
  if (!form || !window.hufuDingTalk) { return; }
  var corp = form.getAttribute("data-corp-id");
  var asked = { corpId: corp, clientId: form.getAttribute("data-client-id") };

  function show(name) {
    ["waiting", "failed", "without"].forEach(function (each) {
      document.querySelector("[data-in-app-" + each + "]").hidden = each !== name;
    });
    form.hidden = again.hidden = name !== "failed";
  }

  function ask() {
    var over = false;
    function done(answer) {
      var code = answer && (answer.code || answer.authCode);
      if (over) { return; }
      if (!code) { failed(); return; }
      over = true;
      form.elements.code.value = code;
      form.submit();
    }
    function failed() { if (!over) { over = true; show("failed"); } }
    // Clients before 7.0.45 know only the older call.
    function older() { call(window.hufuDingTalk.older, { corpId: corp }, failed); }
    function call(how, options, otherwise) {
      var sent = { onSuccess: done, onFail: otherwise };
      Object.keys(options).forEach(function (name) { sent[name] = options[name]; });
      try {
        var promise = how(sent);
        if (promise && promise.then) { promise.then(done, otherwise); }
      } catch (error) { otherwise(); }
    }
    show("waiting");
    call(window.hufuDingTalk.requestAuthCode, asked, older);
    setTimeout(failed, 10000);
  }

  again.addEventListener("click", ask);
  ask();
}());
