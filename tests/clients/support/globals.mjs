/**
 * What a browser has and Node had not always: `File` since 20, `WebSocket` since 22. Imported before the clients, which look
 * for them as they are loaded.
 *
 * @module
 */
import { File } from 'node:buffer';

import WebSocket from 'ws';

globalThis.File ??= File;
// Only Apollo's link asks for it, to tell what a connection failed with.
globalThis.WebSocket ??= WebSocket;
