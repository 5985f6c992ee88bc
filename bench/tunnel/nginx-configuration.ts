/** What of an nginx configuration differs between the origin and the proxy. */
export interface NginxSettings {
  /** Takes its temporary files. */
  readonly folder: string;
  readonly port: number;
  readonly workers: number;
  /** The server behind `http://backend`. */
  readonly backendPort: number;
  /** Directives of the server. */
  readonly body: string;
}

/** A configuration for workers in the foreground that keeps connections alive, streams bodies and lets upgrades through. */
export function nginxConfiguration({ folder, port, workers, backendPort, body }: NginxSettings): string {
  // As root nginx would drop to a user who may not enter the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/nginx-${port}-${name};`,
  );
  return `
daemon off; ${user} worker_processes ${workers}; pid ${folder}/nginx-${port}.pid;
worker_rlimit_nofile 19000;
events { worker_connections 18000; }
http {
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
  keepalive_timeout 75s; keepalive_requests 1000000000; client_max_body_size 0;
  ${temporary.join('\n  ')}
  map $http_upgrade $connection_header { default upgrade; '' ''; }
  upstream backend { server 127.0.0.1:${backendPort}; keepalive 512; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=8192${workers > 1 ? ' reuseport' : ''};
    proxy_http_version 1.1; proxy_request_buffering off; proxy_max_temp_file_size 0; proxy_read_timeout 1h;
    proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_header;
    ${body}
  }
}
`;
}
