import { expect, it } from 'vitest'
import { converseAddress } from './address.js'

it.each([
  ['http://localhost:8080/', 'ws://localhost:8080/v1/converse'],
  ['https://face.example/', 'wss://face.example/v1/converse'],
  ['https://example.org/faces/', 'wss://example.org/faces/v1/converse'],
  ['http://localhost:8080/?api_key=a%26b&other=1#x', 'ws://localhost:8080/v1/converse?api_key=a%26b'],
])('%s converses at %s', (page, address) => {
  expect(converseAddress(page)).toBe(address)
})
