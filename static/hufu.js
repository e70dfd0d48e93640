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
