from training.plots.draw import plot_files, plot_specs
from training.plots.inputs import PlotInputs

__all__ = ["PlotInputs", "plot_files", "plot_specs"]
