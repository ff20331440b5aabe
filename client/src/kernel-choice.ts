/** Choosing the kernel whose allocator is assumed. */
import * as vscode from 'vscode';
import { SIMULATOR_CHOICES, type SimulatorChoices } from '../../server/src/lsp/requests.js';
import { SECTION } from './commands.js';
import type { Server } from './server.js';

/** What the setting takes: versions, not the profiles of a line's first releases. */
const VERSION = /^(mainline|\d+\.\d+)$/;

interface Choice extends vscode.QuickPickItem {
  value: string;
}

export async function chooseKernel(server: Server): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const params = document === undefined ? {} : { textDocument: { uri: document.uri.toString() } };
  const { kernels } = await server.request<SimulatorChoices>(SIMULATOR_CHOICES, params);
  const settings = vscode.workspace.getConfiguration(SECTION);
  const now = settings.get<string>('kernel', 'auto');
  const all: Choice[] = [
    { label: 'auto', value: 'auto', description: "from the tree's Makefile; the newest outside a tree" },
    ...kernels
      .filter((kernel) => VERSION.test(kernel))
      .reverse()
      .map((kernel) => ({ label: kernel, value: kernel })),
  ];
  const items = all.map((item) =>
    item.value === now ? { ...item, description: [item.description, 'in use'].filter(Boolean).join(' · ') } : item,
  );
  const picked = await vscode.window.showQuickPick(items, { title: 'Kernel whose page allocator is assumed', placeHolder: `now: ${now}` });
  if (!picked) return;
  const target = vscode.workspace.workspaceFolders ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await settings.update('kernel', picked.value === 'auto' ? undefined : picked.value, target);
}
