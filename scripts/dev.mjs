/** The server from source: `npm run dev`, restarted by tsx on every change. */
import { main } from '../src/main.ts'

await main([...process.argv.slice(0, 2), 'serve', ...process.argv.slice(2)])
