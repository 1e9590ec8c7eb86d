// Lets xterm's DOM renderer live under a content security policy without 'unsafe-inline': it knows no nonce for the
// style elements it makes, and sets `style` attributes, which only the CSSOM may do.
export function install() {
  const nonce = document.querySelector("script[nonce]")?.nonce;
  if (!nonce) return;

  const createElement = document.createElement;
  document.createElement = function (name, options) {
    const element = createElement.call(document, name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };

  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}
