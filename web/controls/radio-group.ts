/** One value of several, as radio buttons: the arrow keys go from one to the next. */
export class RadioGroup<Value> {
  readonly #inputs = new Map<Value, HTMLInputElement>()

  /**
   * @param root takes the buttons
   * @param name tells this group from others of the page
   * @param choices the values, and the elements that name them
   */
  constructor(
    root: HTMLElement,
    name: string,
    choices: readonly (readonly [Value, HTMLElement])[],
    onChoose: (value: Value) => void,
  ) {
    const labels = choices.map(([value, text]) => {
      const label = document.createElement('label')
      const input = document.createElement('input')
      input.type = 'radio'
      input.name = name
      input.addEventListener('change', () => onChoose(value))
      this.#inputs.set(value, input)
      label.append(input, text)
      return label
    })
    root.replaceChildren(...labels)
  }

  /** Shows a value as chosen; one that is not among the choices leaves none. */
  choose(value: Value): void {
    for (const [known, input] of this.#inputs) input.checked = known === value
  }
}
