// What pages gain where scripts run; every page works without. Plain ES5, so that old and test browsers follow.
(function () {
  "use strict";

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  // Show what is being typed into a password field.
  each("[data-reveal]", function (button) {
    var field = document.getElementById(button.getAttribute("data-reveal"));
    button.hidden = false;
    button.addEventListener("click", function () {
      var shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.textContent = button.getAttribute(shown ? "data-show" : "data-hide");
      button.setAttribute("aria-pressed", shown ? "false" : "true");
      field.focus();
    });
    if (field.form) {
      field.form.addEventListener("submit", function () { field.type = "password"; });
    }
  });

  // The rules of a new password, ticked while typing.
  each("[data-rules-for]", function (list) {
    var field = document.getElementById(list.getAttribute("data-rules-for"));
    var checks = {
      length: function (text, item) {
        var length = Array.from ? Array.from(text).length : text.length;
        return length >= Number(item.getAttribute("data-from")) && length <= Number(item.getAttribute("data-to"));
      },
      digits: function (text) { return /[0-9]/.test(text); },
      letters: function (text) { return text.toLowerCase() !== text.toUpperCase() || /[^\x00-\x7f]/.test(text); },
      lower: function (text) { return text !== text.toUpperCase(); },
      upper: function (text) { return text !== text.toLowerCase(); },
      special: function (text) { return /[!-\/:-@\[-`{-~ ]/.test(text); }
    };
    function look() {
      Array.prototype.forEach.call(list.children, function (item) {
        var met = checks[item.getAttribute("data-rule")](field.value, item);
        item.className = met ? "met" : "";
      });
    }
    field.addEventListener("input", look);
    look();
  });

  // "Stay signed in" holds for every way in: each platform's button takes the box along.
  each("[data-with]", function (box) {
    box.parentNode.hidden = false;
    each("form[action*='/with/']", function (form) {
      form.addEventListener("submit", function () {
        var said = document.createElement("input");
        said.type = "hidden";
        said.name = "remember";
        said.value = box.checked ? "1" : "";
        form.appendChild(said);
      });
    });
  });

  // Another code may be asked for in so many seconds; the server counts too.
  each("[data-wait]", function (button) {
    var until = Date.now() + Number(button.getAttribute("data-wait")) * 1000;
    var words = button.textContent;
    function tick() {
      var left = Math.ceil((until - Date.now()) / 1000);
      button.disabled = left > 0;
      button.textContent = left > 0 ? button.getAttribute("data-waiting").replace("{}", left) : words;
      if (left > 0) { setTimeout(tick, 1000); }
    }
    tick();
  });

  // Copy a value to paste elsewhere.
  each("[data-copy]", function (button) {
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    var words = button.textContent;
    button.addEventListener("click", function () {
      var text = document.getElementById(button.getAttribute("data-copy")).textContent;
      navigator.clipboard.writeText(text.trim()).then(function () {
        button.textContent = button.getAttribute("data-done");
        setTimeout(function () { button.textContent = words; }, 2000);
      });
    });
  });

  // Moments in the reader's own time.
  each("time[datetime]", function (moment) {
    var at = new Date(moment.getAttribute("datetime"));
    if (isNaN(at) || !at.toLocaleString) { return; }
    moment.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  });

  // A colour is picked or typed; both say the same.
  each("[data-colour]", function (picker) {
    var field = document.getElementById(picker.getAttribute("data-colour"));
    picker.hidden = false;
    picker.value = field.value;
    picker.addEventListener("input", function () { field.value = picker.value; });
    field.addEventListener("input", function () { if (/^#[0-9a-f]{6}$/i.test(field.value)) { picker.value = field.value; } });
  });

  // A way in that needs no tap presses its own button, once; the server remembers.
  each("form[data-by-itself]", function (form) { form.submit(); });

  // A platform's frame says by a message that it is done; only it may, and only to our callback.
  each("[data-frame-origin]", function (frame) {
    var origin = frame.getAttribute("data-frame-origin");
    var callback = frame.getAttribute("data-callback") + "?";
    window.addEventListener("message", function (event) {
      if (event.origin !== origin || event.source !== frame.contentWindow) { return; }
      var said = event.data;
      try { if (typeof said === "string") { said = JSON.parse(said); } } catch (error) { return; }
      var to = said && said.success && said.redirectUrl;
      if (typeof to === "string" && to.indexOf(callback) === 0) { location.assign(to); }
    });
  });

  // A picture to be scanned: what has become of it, every two seconds; yes on the phone goes on by itself.
  each("[data-scan]", function (place) {
    if (!window.fetch) { return; }
    var over = { approved: 1, refused: 1, expired: 1 };
    function within(selector, act) { Array.prototype.forEach.call(place.querySelectorAll(selector), act); }
    function show(answer) {
      if (place.getAttribute("data-state") === answer.state) { return; }
      place.setAttribute("data-state", answer.state);
      within("[data-when]", function (line) { line.hidden = line.getAttribute("data-when") !== answer.state; });
      within("[data-number]", function (number) { number.textContent = answer.number || ""; });
      within("[data-scan-renew]", function (form) { form.hidden = answer.state !== "refused" && answer.state !== "expired"; });
      within("[data-scan-finish]", function (form) { if (answer.state === "approved") { form.submit(); } });
    }
    // Without scripts this button asks; with them the page does.
    within("[data-scan-finish]", function (form) { form.hidden = true; });
    function ask() {
      if (document.hidden) { setTimeout(ask, 2000); return; }
      fetch(place.getAttribute("data-scan"), { credentials: "same-origin", cache: "no-store" }).then(function (response) {
        if (response.status === 404) { location.reload(); return; }
        return response.ok ? response.json().then(show) : undefined;
      }).catch(function () {}).then(function () {
        if (!over[place.getAttribute("data-state")]) { setTimeout(ask, 2000); }
      });
    }
    if (place.getAttribute("data-state") === "approved") {
      within("[data-scan-finish]", function (form) { form.submit(); });
    } else if (!over[place.getAttribute("data-state")]) { setTimeout(ask, 1000); }
  });

  // One press is one submission; back and forward make the buttons work again.
  each("form[method=post]", function (form) {
    var sent = false;
    form.addEventListener("submit", function (event) {
      if (sent) { event.preventDefault(); return; }
      sent = true;
      setTimeout(function () { sent = false; }, 8000);
    });
    window.addEventListener("pageshow", function () { sent = false; });
  });
}());
