/** What stands behind `data:` in each event of a stream of server-sent events. */
export async function* eventsIn(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const told = event.split('\n').filter((line) => line.startsWith('data:'));
      if (told.length > 0) yield told.map((line) => line.slice(5).trimStart()).join('\n');
    }
  }
}
