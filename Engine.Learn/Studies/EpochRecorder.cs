using Engine.Learn.Training;

namespace Engine.Learn.Studies;

/// <summary>Looks before the first step and after every epoch.</summary>
internal sealed class EpochRecorder(Action<TrainingMoment> look) : ITrainingRecorder
{
    public RecordingSchedule Schedule { get; } = new() { EveryEpochs = 1 };

    public void Record(TrainingMoment moment) => look(moment);
}
