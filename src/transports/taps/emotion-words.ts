import { EMOTIONS } from '../../stages/expression/emotion.js'

type EmotionOfVector = (typeof EMOTIONS)[number]

/** Words that name an emotion or give it away, in Chinese and English. Where two begin alike, the longer one counts. */
const WORDS: Readonly<Record<EmotionOfVector, readonly string[]>> = {
  happy: [
    ...[
      '高兴',
      '开心',
      '快乐',
      '愉快',
      '喜悦',
      '欢喜',
      '兴奋',
      '幸福',
      '欣喜',
      '太好了',
      '太棒了',
      '真棒',
      '哈哈',
    ],
    ...[
      'happy',
      'happily',
      'glad',
      'joy',
      'joyful',
      'delighted',
      'cheerful',
      'excited',
      'great',
      'wonderful',
    ],
  ],
  angry: [
    ...['愤怒', '生气', '气愤', '恼火', '发火', '暴怒', '怒', '气死', '可恶', '混蛋'],
    ...['angry', 'angrily', 'anger', 'furious', 'mad', 'annoyed', 'rage', 'outraged'],
  ],
  sad: [
    ...['悲伤', '伤心', '难过', '悲痛', '悲哀', '痛苦', '心碎', '哭', '不开心', '不高兴', '不快乐', '不幸'],
    ...[
      'sad',
      'sadly',
      'sadness',
      'unhappy',
      'sorrow',
      'sorry',
      'grief',
      'heartbroken',
      'cry',
      'crying',
      'tears',
    ],
  ],
  afraid: [
    ...['恐惧', '害怕', '可怕', '恐怖', '惊恐', '惊慌', '吓死', '吓', '担心', '紧张'],
    ...['afraid', 'fear', 'scared', 'frightened', 'terrified', 'panic', 'worried', 'nervous'],
  ],
  disgusted: [
    ...['反感', '厌恶', '恶心', '讨厌', '嫌弃', '嫌恶'],
    ...['disgust', 'disgusted', 'disgusting', 'gross', 'hate', 'revolting'],
  ],
  melancholic: [
    ...['低落', '忧郁', '抑郁', '沮丧', '失落', '消沉', '郁闷', '孤独', '疲惫'],
    ...['melancholy', 'melancholic', 'depressed', 'depression', 'gloomy', 'lonely', 'tired', 'down'],
  ],
  surprised: [
    ...['惊讶', '吃惊', '惊奇', '震惊', '意外', '没想到', '居然', '竟然', '天哪', '哇'],
    ...['surprise', 'surprised', 'amazed', 'astonished', 'shocked', 'unexpected', 'wow'],
  ],
  calm: [
    ...['自然', '平静', '冷静', '平和', '镇定', '安静'],
    ...['calm', 'calmly', 'neutral', 'natural', 'naturally', 'relaxed', 'peaceful'],
  ],
}
const INTENSE = /太|非常|极|特别|十分|超级|死了|\b(?:very|so|extremely|really|too|absolutely)\b/iu
const NEGATED =
  /(?:[不没别未](?:太|很|怎么|有|是|要)?|\b(?:not|never|no|without)\s+(?:\w+\s+)?|n['’]t\s+(?:\w+\s+)?)$/iu

/** Strength of a text's emotions together, and where it says that they are strong. */
const USUAL = 0.8
const FULL = 1

const EMOTION_OF = new Map(
  EMOTIONS.flatMap((emotion, index) => WORDS[emotion].map((word) => [word, index] as const)),
)
const ANY_WORD = new RegExp(
  [...EMOTION_OF.keys()]
    .sort((a, b) => b.length - a.length)
    .map((word) => (/[a-z]/.test(word) ? `\\b${word}\\b` : word))
    .join('|'),
  'giu',
)

/**
 * The emotion of a text by the words that name one, as eight strengths in the order of `EMOTIONS`. Emotions that
 * occur together share the strength by how often they do; a word that is negated does not count. This is a list of
 * words and no understanding: a text without any of them has no emotion.
 *
 * @returns undefined when no emotion is found
 */
export function emotionOfText(text: string): readonly number[] | undefined {
  const counts = EMOTIONS.map(() => 0)
  let total = 0
  for (const match of text.matchAll(ANY_WORD)) {
    const before = text.slice(Math.max(0, match.index - 24), match.index)
    if (NEGATED.test(before)) continue
    counts[EMOTION_OF.get(match[0].toLowerCase())!]! += 1
    total += 1
  }
  if (total === 0) return undefined
  const strength = INTENSE.test(text) ? FULL : USUAL
  return counts.map((count) => (strength * count) / total)
}
