"""What tests and screenshots do on a JupyterLab page, as JavaScript."""

READY = """async () => { const nap = () => new Promise(r => setTimeout(r, 50)), app = () => window.jupyterapp;
  while (!app()?.shell?.currentWidget?.sessionContext) await nap();
  const widget = app().shell.currentWidget; await widget.context.ready; await widget.sessionContext.ready;
  while (!widget.sessionContext.session?.kernel) await nap();
  const kernel = widget.sessionContext.session.kernel; await kernel.info; while (kernel.status !== 'idle') await nap(); }"""
"""Resolves when the open notebook's kernel can be talked to; the toolbar's "idle" comes too early."""

RUN = "n => { const nb = jupyterapp.shell.currentWidget.content; nb.activeCellIndex = n; jupyterapp.commands.execute('notebook:run-cell'); }"
"""Run cell n. Returns nothing: waiting for the command's own promise hangs."""

ASK = "code => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code }); }"
"""Run code in the kernel, beside the notebook's cells."""
