/** Lets files be dropped on parts of the page, which show it while one is held over them. */
export function acceptDrops(targets: readonly HTMLElement[], onFile: (file: File) => void): void {
  for (const target of targets) {
    // A pointer enters a part's parts before it leaves the part.
    let depth = 0
    const over = (change: number): void => {
      depth = change === 0 ? 0 : Math.max(0, depth + change)
      target.classList.toggle('dropping', depth > 0)
    }
    target.addEventListener('dragenter', (event) => {
      if (hasFiles(event)) over(1)
    })
    target.addEventListener('dragleave', (event) => {
      if (hasFiles(event)) over(-1)
    })
    target.addEventListener('dragover', (event) => {
      // Without this the browser would leave the page for the file.
      if (hasFiles(event)) event.preventDefault()
    })
    target.addEventListener('drop', (event) => {
      over(0)
      const file = event.dataTransfer?.files[0]
      if (file === undefined) return
      event.preventDefault()
      onFile(file)
    })
  }
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}
