export interface UnitOptions {
  /** How this federate is run: the runtime and the script, absolute. */
  readonly command: readonly string[]
  /** The words after `agent`, with absolute paths. */
  readonly args: readonly string[]
}

/**
 * A systemd unit for the agent: hardened, ready when it lends, watched, reloaded by SIGHUP. Its folders are systemd's:
 * secrets of doors in /run/federate, the cache in /var/cache/federate.
 */
export function systemdUnit({ command, args }: UnitOptions): string {
  const start = [...command, 'agent', ...args].map(quoted).join(' ')
  return `[Unit]
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
DynamicUser=yes
RuntimeDirectory=federate
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=restart
CacheDirectory=federate
CacheDirectoryMode=0700
# A client secret that only root can read reaches the agent as $CREDENTIALS_DIRECTORY/billing:
#LoadCredential=billing:/etc/federate/secrets/billing
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
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
CapabilityBoundingSet=
UMask=0077

[Install]
WantedBy=multi-user.target
`
}

/** As systemd.service(5) quotes words of a command line; `%` and `$` are doubled. */
function quoted(word: string): string {
  const doubled = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(doubled) ? doubled : `"${doubled.replace(/["\\]/g, '\\$&')}"`
}
