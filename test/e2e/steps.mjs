/** Steps of one run in an editor, each counted: a step that fails leaves a picture and the next one begins from a clean editor. */
import { join } from 'node:path';

export class Steps {
  passed = 0;
  failed = 0;

  constructor(name, workbench) {
    this.name = name;
    this.workbench = workbench;
  }

  async step(what, act) {
    const begun = Date.now();
    try {
      await act(this.workbench);
      this.passed++;
      process.stdout.write(`ok      ${this.name}: ${what} (${Date.now() - begun} ms)\n`);
    } catch (error) {
      this.failed++;
      process.stdout.write(`NOT OK  ${this.name}: ${what} (${Date.now() - begun} ms)\n${error.stack}\n`);
      const { page, pictures } = this.workbench;
      await page.screenshot({ path: join(pictures, `FAILED-${this.name}-${this.failed}.png`) });
      await page.keyboard.press('Escape');
    }
  }
}
