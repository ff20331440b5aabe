-- Neovim: in ~/.config/nvim/init.lua, or as a file of its own with `dofile`. The server starts with the first C file.
local command = { 'gfp-audit', 'lsp', '--stdio' }
local settings = { gfpAudit = { minConfidence = 'likely', index = 'auto' } }

local client
vim.api.nvim_create_autocmd('FileType', {
  pattern = 'c',
  callback = function(event)
    client = client
      or vim.lsp.start_client({
        name = 'gfp-audit',
        cmd = command,
        root_dir = vim.fn.getcwd(),
        settings = settings,
        init_options = settings.gfpAudit,
      })
    if client then
      vim.lsp.buf_attach_client(event.buf, client)
    end
  end,
})
