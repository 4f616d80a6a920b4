import { z } from 'zod'

/**
 * What is read of a `chat.completion.chunk` object; servers add much. Reasoning comes as `reasoning_content`
 * (DeepSeek, llama.cpp, vLLM) or `reasoning` (OpenRouter, Ollama).
 * Form: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
 */
export const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
})

/** One step of an answer. */
export interface ChatStep {
  /** What is said, as the model wrote it. */
  readonly text: string
  /** The model is writing: what it says, or its thoughts. */
  readonly isAlive: boolean
  /** Why the answer is over; undefined while it goes on. */
  readonly end: string | undefined
}

/** Reads a chunk. @returns undefined when it is none */
export function readChunk(value: unknown): ChatStep | undefined {
  const chunk = chunkSchema.safeParse(value)
  if (!chunk.success) return undefined
  const choice = chunk.data.choices?.[0]
  const delta = choice?.delta
  // A model that declines says so in a field of its own. Servers send empty words, too.
  const text = firstWords(delta?.content, delta?.refusal)
  return {
    text: text ?? '',
    isAlive: (text ?? firstWords(delta?.reasoning_content, delta?.reasoning)) !== undefined,
    end: firstWords(choice?.finish_reason),
  }
}

function firstWords(...candidates: readonly (string | null | undefined)[]): string | undefined {
  return candidates.find((words) => typeof words === 'string' && words !== '') ?? undefined
}
