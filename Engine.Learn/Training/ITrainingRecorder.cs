namespace Engine.Learn.Training;

/// <summary>Looks at a training while it goes; must not change the network.</summary>
public interface ITrainingRecorder
{
    /// <summary>When it wants to look.</summary>
    RecordingSchedule Schedule { get; }

    /// <summary>Looks.</summary>
    void Record(TrainingMoment moment);
}
