// A platform's answer arrived inside a frame of ours: the same address in the whole window.
if (window.top !== window.self) { window.top.location.replace(window.location.href); }
