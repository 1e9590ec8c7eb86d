// Holds a terminal's images until what draws them is there: the parser waits in the sequence that brings the first one, so
// that nothing of it is lost. The add-on is loaded by that sequence, or by a question about graphics, and not before.
// It has no way to take a sequence that began without it: its handlers are reached by their names inside of it, which is why
// its version is pinned.

// The add-on's own limit for what one image may be sent as.
const LIMIT = 25_000_000;
// How long a decoder may take to be ready, in milliseconds.
const PATIENCE = 2_000;

export function hold(terminal, load) {
  const parser = terminal._core._inputHandler._parser;
  let loading;
  let scrolling = true;
  const addon = () =>
    (loading ??= load().then((made) => {
      held.forEach((handler) => handler.dispose());
      made._opts.sixelScrolling = scrolling;
      return made;
    }));

  const holding = (name, begin, end) => {
    let chunks = [];
    let size = 0;
    let parameters;
    const start = (given) => {
      chunks = [];
      size = 0;
      parameters = given?.clone();
      // A page that cannot load it shows no images.
      addon().catch(() => undefined);
    };
    const finish = async (success) => {
      if (!success || size > LIMIT) return true;
      try {
        const handler = (await addon())._handlers.get(name);
        // Both decoders are WASM; one of them is compiled at once.
        const deadline = performance.now() + PATIENCE;
        while (!handler._dec && performance.now() < deadline) await new Promise((go) => setTimeout(go, 5));
        handler[begin](parameters);
        for (const chunk of chunks) handler.put(chunk, 0, chunk.length);
        return await handler[end](true);
      } catch {
        return true;
      } finally {
        chunks = [];
      }
    };
    const put = (data, from, to) => {
      size += to - from;
      if (size <= LIMIT) chunks.push(data.slice(from, to));
      else chunks = [];
    };
    return { [begin]: start, put, [end]: finish };
  };

  const set = (value) => (parameters) => {
    if (parameters.includes(80)) scrolling = value;
    return false;
  };
  const held = [
    parser.registerDcsHandler({ final: 'q' }, holding('sixel', 'hook', 'unhook')),
    parser.registerOscHandler(1337, holding('iip', 'start', 'end')),
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'S' }, (question) =>
      addon().then(
        (made) => made._xtermGraphicsAttributes(question),
        () => true,
      ),
    ),
    // Whether a picture scrolls the screen, as it was set before.
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, set(false)),
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, set(true)),
  ];
}
