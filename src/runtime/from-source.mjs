// Starts a worker from TypeScript: argument 2 names the entry beside this file. Used when phiz itself runs from its
// sources (tests, `npm run dev`); the built package has no need of it. Node's `--import tsx` does not reach worker
// threads, so the loader is registered here.
import { register } from 'tsx/esm/api'

register()
await import(new URL(process.argv[2], import.meta.url).href)
