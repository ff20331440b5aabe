/** Whether a document is kernel code: what workspaceContains cannot say (a Makefile that states a VERSION, beside a Kconfig). */
import * as vscode from 'vscode';

/** A folder of a kernel tree is at most this deep. */
const MAX_DEPTH = 40;

export async function isKernelFile(document: vscode.TextDocument): Promise<boolean> {
  return mentionsKernel(document.getText()) || (await inKernelTree(document.uri));
}

/** A module outside any tree includes the kernel's headers, or uses a mask. */
function mentionsKernel(text: string): boolean {
  return /^[ \t]*#[ \t]*include[ \t]*<(?:linux|asm|net|scsi|drm)\//m.test(text) || /\bgfp_t\b|\b(?:__)?GFP_[A-Z]+\b/.test(text);
}

async function inKernelTree(uri: vscode.Uri): Promise<boolean> {
  let folder = vscode.Uri.joinPath(uri, '..');
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const [makefile, kconfig] = [vscode.Uri.joinPath(folder, 'Makefile'), vscode.Uri.joinPath(folder, 'Kconfig')];
    if ((await isFile(kconfig)) && (await isFile(makefile))) {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(makefile));
      if (/^VERSION\s*=\s*\d+/m.test(text)) return true;
    }
    const up = vscode.Uri.joinPath(folder, '..');
    if (up.path === folder.path) return false;
    folder = up;
  }
  return false;
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}
