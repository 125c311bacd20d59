import { existsSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'
import type { Now } from '../network/fetch.ts'
import { sleep } from '../sleep.ts'

/** The right to do a piece of work alone. */
export interface Held {
  release(): Promise<void>
}

/** Somebody else has it. */
export interface Busy {
  /** Resolves when the holder has finished or died, or after `milliseconds`, or when `signal` is aborted: false then. */
  gone(milliseconds: number, signal?: AbortSignal): Promise<boolean>
}

/** sockaddr_un has 108 bytes on Linux, 104 on BSD and macOS, one of them for the end. */
const longestPath = 103
/** A socket has its name a moment before it can be connected to. So long, in milliseconds, that is waited for. */
const youth = 500
/** Dead holders leave their sockets; these many are walked past before they are removed. */
const places = 50

/**
 * Takes a lock, or finds who has it: a socket that its holder listens on. The kernel closes it when the holder dies,
 * however it dies, so a lock is never left behind; only the name is, and the next holder takes the name after it
 * (`<path>.0.lock`, `<path>.1.lock`, …) and removes them all when it is done.
 *
 * Two may hold it for a moment when one releases while another walks past dead names. So whoever gets it looks again
 * whether the work is done.
 *
 * @returns nothing where no lock can be had: no sockets in this folder, or on Windows.
 */
export async function tryHold(path: string, now: Now = Date.now): Promise<Held | Busy | undefined> {
  if (process.platform === 'win32') return undefined
  const place = await reachable(path)
  if (place === undefined) return undefined
  const found = await firstLiving(place, path, now)
  if (found !== 'all dead') return found
  // As many have died in a row, and nobody came to remove their names: without this there would be no lock ever again.
  removeNames(path, places)
  const again = await firstLiving(place, path, now)
  if (again !== 'all dead') return again
  await place.close()
  return undefined
}

/** Whether whoever held a lock was killed, and nobody has taken it since. Without such a trace: false. */
export async function holderDied(path: string, now: Now = Date.now): Promise<boolean> {
  const place = await reachable(path)
  if (place === undefined) return false
  try {
    for (let number = 0; existsSync(`${path}.${number}.lock`); number += 1) {
      const holder = await holderOf(`${place.path}.${number}.lock`, now)
      if (typeof holder === 'object') holder.destroy()
      if (holder !== 'dead') return false
    }
    return existsSync(`${path}.0.lock`)
  } finally {
    await place.close()
  }
}

/** The first name that is free, or whose holder lives. */
async function firstLiving(place: Reachable, path: string, now: Now): Promise<Held | Busy | undefined | 'all dead'> {
  for (let number = 0; number < places; number += 1) {
    const server = await listenAt(`${place.path}.${number}.lock`)
    if (typeof server === 'object') return heldBy(server, path, number, place.close)
    const holder = server === 'taken' ? await holderOf(`${place.path}.${number}.lock`, now) : undefined
    if (holder === 'dead') continue
    await place.close()
    if (holder === undefined) return undefined
    if (holder === 'unclear') return { gone: () => sleep(0.02).then(() => true) }
    return { gone: (milliseconds, signal) => closing(holder, milliseconds, signal) }
  }
  return 'all dead'
}

interface Reachable {
  readonly path: string
  readonly close: () => Promise<void>
}

/** A long path is reached through its folder's descriptor, which Linux gives a short name. */
async function reachable(path: string): Promise<Reachable | undefined> {
  if (Buffer.byteLength(path) + '.00.lock'.length <= longestPath) return { path, close: async () => undefined }
  if (process.platform !== 'linux') return undefined
  const folder: FileHandle | undefined = await open(dirname(path), 'r').catch(() => undefined)
  if (folder === undefined) return undefined
  return { path: `/proc/self/fd/${folder.fd}/${basename(path)}`, close: () => folder.close() }
}

function heldBy(server: Server, path: string, last: number, close: () => Promise<void>): Held {
  const waiting = new Set<Socket>()
  server.on('connection', (socket) => {
    waiting.add(socket.on('error', () => undefined).on('close', () => waiting.delete(socket)))
  })
  return {
    release: async () => {
      // Names first, so that whoever is woken finds them free. Closing removes this holder's own.
      removeNames(path, last)
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of waiting) socket.destroy()
      await closed
      await close()
    },
  }
}

/** Those before `end`. */
function removeNames(path: string, end: number): void {
  for (let number = 0; number < end; number += 1) rmSync(`${path}.${number}.lock`, { force: true })
}

function listenAt(path: string): Promise<Server | 'taken' | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve('code' in error && error.code === 'EADDRINUSE' ? 'taken' : undefined))
    // Nothing is said on it; whoever hangs up after asking must not end the process.
    server.listen(path, () => resolve(server.on('error', () => undefined)))
  })
}

/** A connection to the holder. `unclear`: it has just released, or too many knock at once. */
async function holderOf(path: string, now: Now): Promise<Socket | 'dead' | 'unclear'> {
  for (;;) {
    const holder = await connectTo(path)
    if (holder !== 'dead' || !isYoung(path, now)) return holder
    await sleep(0.02)
  }
}

function connectTo(path: string): Promise<Socket | 'dead' | 'unclear'> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    socket.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED' ? 'dead' : 'unclear'))
    socket.once('connect', () => resolve(socket.on('error', () => undefined)))
  })
}

function isYoung(path: string, now: Now): boolean {
  return Math.abs(now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)) < youth
}

function closing(socket: Socket, milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (gone: boolean) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      socket.destroy()
      resolve(gone)
    }
    const stop = () => end(false)
    const timer = setTimeout(stop, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
    socket.once('close', () => end(true))
    if (socket.destroyed) end(true)
    if (signal?.aborted === true) stop()
    socket.resume()
  })
}
