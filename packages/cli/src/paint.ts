import type { Paint } from '@federate/core/plan'
import type { Style, Terminal } from './terminal.ts'

const styles: Record<Parameters<Paint>[0], Style> = {
  create: 'green',
  update: 'yellow',
  adopt: 'cyan',
  delete: 'red',
  release: 'yellow',
  none: 'dim',
  unwanted: 'yellow',
  blocked: 'red',
  faint: 'dim',
}

/** Colours of a plan that goes to where `style` belongs: the terminal's `style` or `outStyle`. */
export function planPaint(style: Terminal['style']): Paint {
  return (kind, text) => style(styles[kind], text)
}
