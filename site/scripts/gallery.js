// Shows screenshots in full, one beside the other: by click, by swipe, or by the arrow keys, Home and End. Escape closes it, and the focus returns to the picture that was seen last.
// Without this script each picture leads to itself.
"use strict";
for (const list of document.querySelectorAll(".shots")) {
  const text = list.dataset;
  const images = [...list.querySelectorAll("img")];
  const triggers = images.map((image, i) => {
    let trigger = image.closest("a");
    if (!trigger) {
      trigger = document.createElement("button");
      trigger.type = "button";
      image.replaceWith(trigger);
      trigger.append(image);
    }
    trigger.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      open(i);
    });
    return trigger;
  });

  let dialog, track, slides, count, previous, next;
  let current = 0;

  const element = (name, className, ...children) => {
    const e = document.createElement(name);
    if (className) e.className = className;
    e.append(...children);
    return e;
  };

  const button = (className, label, sign, action) => {
    const b = element("button", className, sign);
    b.type = "button";
    b.setAttribute("aria-label", label);
    b.addEventListener("click", action);
    return b;
  };

  const slide = (image, i) => {
    const full = element("img");
    full.loading = "lazy";
    full.alt = image.alt;
    full.lang = image.lang;
    full.width = image.width;
    full.height = image.height;
    for (const side of ["width", "height"]) full.setAttribute(side, image.getAttribute(side));
    full.src = triggers[i].href || image.src;
    const figure = element("figure", "", full);
    const caption = image.closest("figure").querySelector("figcaption");
    if (caption) figure.append(caption.cloneNode(true));
    return element("li", "", figure);
  };

  const build = () => {
    slides = images.map(slide);
    count = element("p", "count");
    count.setAttribute("aria-live", "polite");
    previous = button("previous", text.previous, "‹", () => show(current - 1));
    next = button("next", text.next, "›", () => show(current + 1));
    track = element("ul", "track", ...slides);
    track.tabIndex = 0; // it scrolls, which has to be possible by keyboard
    dialog = element("dialog", "viewer", track, previous, next, count, button("close", text.close, "×", () => dialog.close()));
    dialog.setAttribute("aria-labelledby", list.closest("section").getAttribute("aria-labelledby"));
    dialog.addEventListener("close", () => triggers[current].focus());
    dialog.addEventListener("keydown", (event) => {
      const forward = getComputedStyle(dialog).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
      const to = { Home: 0, End: images.length - 1, ArrowLeft: current - 1, ArrowRight: current - 1, [forward]: current + 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(to);
    });
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) mark(slides.indexOf(entry.target));
    }, { root: track, threshold: 0.6 });
    for (const s of slides) seen.observe(s);
    document.body.append(dialog);
  };

  const mark = (i) => {
    current = i;
    count.textContent = text.count.replace("{n}", i + 1).replace("{total}", images.length);
    previous.setAttribute("aria-disabled", i === 0);
    next.setAttribute("aria-disabled", i === images.length - 1);
  };

  const show = (i, behavior = "smooth") => {
    if (i < 0 || i >= images.length) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) behavior = "instant";
    slides[i].scrollIntoView({ behavior, block: "nearest", inline: "center" });
    mark(i);
  };

  const open = (i) => {
    if (!dialog) build();
    dialog.showModal();
    show(i, "instant");
  };
}
