export interface UnitOptions {
  /** How this federate is run: the runtime and the script, absolute. */
  readonly command: readonly string[]
  /** The words after `agent`, with absolute paths. */
  readonly args: readonly string[]
  /** Files that only root can read, by the names under which systemd hands them to the agent. */
  readonly credentials: readonly { readonly name: string; readonly path: string }[]
  /** The folders of the files that the agent keeps. */
  readonly outputFolders: readonly string[]
  /** Whether it needs files of root's that are not handed over: keys of TLS, which are renewed. */
  readonly readsFilesOfRoot: boolean
  /** Whether it listens on a port below 1024. */
  readonly bindsLowPort: boolean
}

/** The first line of a unit that is ours to write over. */
export const unitMark = '# Written by `federate agent`.'

/**
 * A systemd unit for the agent: hardened, ready when it lends, watched, reloaded by SIGHUP. Its folders are systemd's:
 * secrets of doors in /run/federate, the cache in /var/cache/federate. It has a user of its own, unless it is to write
 * files for others: then it is root with four capabilities. Ports below 1024 want one more.
 */
export function systemdUnit(options: UnitOptions): string {
  const start = [...options.command, 'agent', ...options.args].map(quoted).join(' ')
  return `${unitMark}
[Unit]
Description=Cloud credentials without stored cloud keys (federate agent)
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
# systemd-notify speaks for the agent.
NotifyAccess=all
ExecStart=${start}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
WatchdogSec=60
RuntimeDirectory=federate
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=restart
CacheDirectory=federate
CacheDirectoryMode=0700
${[...credentialLines(options), ...userLines(options)].join('\n')}
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077

[Install]
WantedBy=multi-user.target
`
}

/** systemd reads the files as root when the unit starts, and shows the copies to the agent alone (systemd.exec(5)). */
function credentialLines({ credentials }: UnitOptions): string[] {
  return credentials.map(({ name, path }) => `LoadCredential=${name}:${path.replaceAll('%', '%%')}`)
}

function userLines({ outputFolders, readsFilesOfRoot, bindsLowPort }: UnitOptions): string[] {
  const binding = bindsLowPort ? ['CAP_NET_BIND_SERVICE'] : []
  // A user of its own has no capability of the bounding set by itself (systemd.exec(5)).
  const ambient = binding.map((capability) => `AmbientCapabilities=${capability}`)
  if (outputFolders.length > 0) {
    return [
      '# It writes files in folders of others, gives them away, and tells their readers.',
      `CapabilityBoundingSet=${['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_KILL', ...binding].join(' ')}`,
      ...ambient,
      // Not strict: folders of /run that are made later could not be written then.
      'ProtectSystem=full',
      ...outputFolders.map((folder) => `ReadWritePaths=${quoted(`-${folder}`)}`),
    ]
  }
  const user = readsFilesOfRoot ? [] : ['DynamicUser=yes']
  return [...user, `CapabilityBoundingSet=${binding.join(' ')}`, ...ambient, 'ProtectSystem=strict']
}

/** As systemd.service(5) quotes words of a command line; `%` and `$` are doubled. */
function quoted(word: string): string {
  const doubled = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(doubled) ? doubled : `"${doubled.replace(/["\\]/g, '\\$&')}"`
}
