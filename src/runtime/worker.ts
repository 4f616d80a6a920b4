import { parentPort } from 'node:worker_threads'
import { portChannel } from './channel.js'
import { importProgram } from './import-program.js'
import { serve } from './serve.js'

/** Entry of a worker thread. */
if (parentPort !== null) serve(portChannel(parentPort), importProgram)
