import { expect, test } from '../fixtures/test.ts';

test('a healthy server says so to anybody', async ({ server, request }) => {
  const answer = await request.get(server.address('/healthz'));
  expect(answer.status()).toBe(200);
});
