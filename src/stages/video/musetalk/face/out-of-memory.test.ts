import { expect, it } from 'vitest'
import { isOutOfMemory } from './out-of-memory.js'

it.each([
  ['CUDA failure 2: out of memory ; GPU=0 ; hostname=x', true],
  ['BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 4194304', true],
  ['CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED', true],
  ['CUDNN failure 4: CUDNN_STATUS_ALLOC_FAILED', true],
  ['CUDNN failure 4003: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED', true],
  ['CUDA_ERROR_OUT_OF_MEMORY', true],
  ['Non-zero status code returned while running Conv node: bad allocation', true],
  ['std::bad_alloc', true],
  ['CUDNN_STATUS_EXECUTION_FAILED', false],
  ['the latents are of cheese', false],
])('"%s" speaks of memory: %s', (message, expected) => {
  expect(isOutOfMemory(message)).toBe(expected)
})
