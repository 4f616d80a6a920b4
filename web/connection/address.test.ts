import { expect, it } from 'vitest'
import { converseAddress, serverAddress } from './address.js'

it.each([
  ['http://localhost:8080/', 'ws://localhost:8080/v1/converse'],
  ['https://face.example/', 'wss://face.example/v1/converse'],
  ['https://example.org/faces/', 'wss://example.org/faces/v1/converse'],
  ['http://localhost:8080/?api_key=a%26b&other=1#x', 'ws://localhost:8080/v1/converse?api_key=a%26b'],
])('%s converses at %s', (page, address) => {
  expect(converseAddress(page)).toBe(address)
})

it.each([
  ['http://localhost:8080/', 'http://localhost:8080/v1/recordings/a'],
  ['https://example.org/faces/?api_key=k', 'https://example.org/faces/v1/recordings/a?api_key=k'],
])('%s finds a film at %s', (page, address) => {
  expect(serverAddress(page, '/v1/recordings/a')).toBe(address)
})
