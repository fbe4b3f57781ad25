using Engine.IO.H5md;
using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Recording;
using Engine.Learn.Training;
using Engine.Learn.Training.Losses;
using Engine.Tests.IO.H5md;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Recording;

[Collection(LibtorchCollection.Name)]
public class RecordingTests
{
    private static readonly NetworkDefinition Definition = new()
    {
        Input = new NumbersInput { Sizes = [2] },
        Layers = [new DenseLayer { Units = 6, Activation = Activation.Tanh }, new DenseLayer { Units = 2 }],
    };

    private static readonly RecorderSettings[] Recorders =
    [
        new() { Name = "first", When = new() { Every = 2 }, Record = [Recordable.Entropy, Recordable.Drift] }, new() { Name = "second", When = new() { Every = 3 }, Record = [Recordable.Trace] },
    ];

    /// <summary>Stopped while a kernel is computed, at a step that both record, it goes on from that step, which is recorded then.</summary>
    [SkippableTheory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(12)]
    public void AMomentThatWasCutShortIsRecordedWhenTheTrainingGoesOn(int step)
    {
        Libtorch.RequireWithHdf5();
        using var folder = new TemporaryFolder();
        using var data = new CircleData { Count = 40, TrainFraction = 1 }.Load(Definition, "");
        Run(folder.File("whole.h5"), folder.File("whole"), null, CancellationToken.None);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(folder.File("cut.h5"), folder.File("cut"), new StopsAt(step, stop), stop.Token));
        Assert.Equal(step, Run(folder.File("cut.h5"), folder.File("cut"), null, CancellationToken.None));
        Assert.Equal(TrajectoryId.Logical(folder.File("whole.h5")), TrajectoryId.Logical(folder.File("cut.h5")));

        // Trains to the end, from the checkpoint where there is one, and tells from which step.
        long Run(string file, string checkpoint, ITrainingRecorder? before, CancellationToken cancellation)
        {
            using var network = new Network(Definition, seed: 4);
            using var trainer = new Trainer(network, data.Training, new() { Loss = new CrossEntropy(), Strategy = new SimpleStrategy { Epochs = 3, BatchSize = 10 } });
            using var recording = new Engine.Learn.Recording.Recording(
                Recorders, new(), new() { Network = network, Begin = () => new(Definition, seed: 4), Training = data.Training }, Workers.Single, cancellation: cancellation);
            if (File.Exists(checkpoint))
            {
                trainer.Restore(checkpoint);
                recording.Continue(file, new Dictionary<string, string>(), trainer.Moment);
            }
            else
            {
                recording.Create(file, new Dictionary<string, string>());
            }
            var start = trainer.Step;
            try
            {
                trainer.Run([.. before is null ? Array.Empty<ITrainingRecorder>() : [before], .. recording.Recorders], cancellation: cancellation);
            }
            finally
            {
                Assert.True(((ITrainer)trainer).CanBeSaved);
                trainer.Save(checkpoint);
            }
            return start;
        }
    }

    /// <summary>Cancels at a step, before others look.</summary>
    private sealed class StopsAt(int step, CancellationTokenSource stop) : ITrainingRecorder
    {
        public RecordingSchedule Schedule => new() { Every = 1 };

        public void Record(TrainingMoment moment)
        {
            if (moment.Step == step)
            {
                stop.Cancel();
            }
        }
    }
}
