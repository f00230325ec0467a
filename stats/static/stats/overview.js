// The overview refreshes itself: the page is asked again and its content exchanged, so that scrolling stays.
"use strict";
(() => {
  const shown = document.querySelector(".overview[data-refresh]");
  if (!shown) return;
  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(window.location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(".overview[data-refresh]");
    if (fresh && !shown.contains(document.activeElement)) shown.replaceChildren(...fresh.childNodes);
  };
  setInterval(refresh, 1000 * Number(shown.dataset.refresh));
})();
