// @ts-check
import { check } from './check.mjs';

const [baseUrl = '', apiKey = '', label = '', count] = process.argv.slice(2);
console.log(await check({ baseUrl, apiKey, label, count: Number(count) }));
