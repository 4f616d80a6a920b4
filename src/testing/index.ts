/** Fakes for tests of applications built on phiz, and of phiz itself: scripted, observable, without models. */
export { ManualClock } from './manual-clock.js'
export { collect, type CollectingSink } from './collect.js'
export {
  fakeExpression,
  fakeLog,
  fakeSpeech,
  fakeText,
  fakeVideo,
  type FakeLog,
  type FakeOptions,
} from './fake-stages.js'
